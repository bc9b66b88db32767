Public Function GoujiUnsafeBook(ByVal wb As Variant) As Boolean
    GoujiUnsafeBook = True
End Function
Public Function GoujiHandedOver(ByVal button As String) As Boolean
    Range("A5").Value = "handed over: " & button
    GoujiHandedOver = ({on})
End Function
