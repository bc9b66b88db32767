Public Function GoujiKept(ByVal button As String) As Boolean
    Range("A5").Value = "kept: " & button
    GoujiKept = True
End Function
