Public Sub Entry()
    Range("A1").Value = CStr({call})
End Sub
