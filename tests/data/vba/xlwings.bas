Public Function GetConfig(ByVal key As String, ByVal other As String, ByVal place As String)
    GetConfig = ""
    If key = "INTERPRETER_WIN" Then GetConfig = "C:\py.exe"
    If key = "GOUJI_KEEP" Then GetConfig = "{keep}"
End Function
Public Sub XLPyLoadDLL()
    Range("A2").Value = "loaded"
    {lacking}
End Sub
Public Function XLPyDLLActivateAuto(ByRef k As Variant, ByVal c As String, ByVal m As Long) As Long
    Range("A3").Value = c
    XLPyDLLActivateAuto = {code}
End Function
Public Sub ShowError(ByVal name As String, ByVal text As String)
    Range("A4").Value = text
End Sub
Public Sub Entry()
    Range("A1").Value = CStr(GoujiKept("fix"))
End Sub
