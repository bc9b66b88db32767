Public Sub RunPython(ByVal code As String)
    Range("A1").Value = code
End Sub
Public Sub RunRemotePython(ByVal url As String, ByVal auth As String)
    Range("A2").Value = url
    Range("A3").Value = auth
End Sub
Public Function GetConfig(ByVal key As String, ByVal other As String, ByVal place As String)
    GetConfig = ""
    If key = "GOUJI_SERVER" Then GetConfig = "{server}"
    If key = "GOUJI_TOKEN" Then GetConfig = "{token}"
End Function
Public Function GoujiForeignSettings() As Boolean
    GoujiForeignSettings = {foreign}
End Function
Public Sub GoujiSay(ByVal key As String)
    Range("A4").Value = key
End Sub
Public Sub GoujiDrop(ByVal wb As Variant)
End Sub
Public Sub GoujiUnpaint(ByVal wb As Variant)
    Range("A5").Value = "unpainted"
End Sub
Public Sub Entry()
    Call {callback}(Nothing)
End Sub
