Attribute VB_Name = "GoujiRibbon"
Option Explicit
' The buttons of the ribbon tab. On a desk with Python they run gouji.addin.macros in it; where
' gouji.conf names a server, the open book is sent there and the answer is shown.
' All words that people read stand on this add-in's sheet "words": VBA source knows one code page
' only, a sheet knows every character.

Public Sub GoujiValidate(control As IRibbonControl)
    Call GoujiRun("validate")
End Sub

Public Sub GoujiClear(control As IRibbonControl)
    Call GoujiRun("clear")
End Sub

Public Sub GoujiNext(control As IRibbonControl)
    Call GoujiRun("next")
End Sub

Public Sub GoujiPrevious(control As IRibbonControl)
    Call GoujiRun("previous")
End Sub

Public Sub GoujiExplain(control As IRibbonControl)
    Call GoujiRun("explain")
End Sub

Public Sub GoujiFix(control As IRibbonControl)
    Call GoujiRun("fix")
End Sub

Public Sub GoujiZeros(control As IRibbonControl)
    Call GoujiRun("zeros")
End Sub

Public Sub GoujiRollUp(control As IRibbonControl)
    Call GoujiRun("roll_up")
End Sub

Public Sub GoujiHelp(control As IRibbonControl)
    Call GoujiSay("help")
End Sub

Public Sub GoujiRun(ByVal button As String)
    Dim server As String
    If ActiveWorkbook Is Nothing Then
        Call GoujiSay("no_book")
        Exit Sub
    End If
    If GoujiForeignSettings() Then
        Call GoujiSay("foreign_settings")
        Exit Sub
    End If
    server = GetConfig("GOUJI_SERVER", "", "user")
    If server = "" Then
        If GoujiKept(button) Then Exit Sub
        If GoujiUnsafeBook(ActiveWorkbook) Then
            If Not GoujiHandedOver(button) Then Call GoujiSay("unsafe_name")
            Exit Sub
        End If
        Call RunPython(GoujiCode(button))
    Else
        Call GoujiAsk(server, button)
    End If
End Sub

Public Sub GoujiAsk(ByVal server As String, ByVal button As String)
    Dim token As String
    If button = "roll_up" Then
        Call GoujiSay("needs_python")
        Exit Sub
    End If
    If button = "clear" Or button = "validate" Then
        Call GoujiUnpaint(ActiveWorkbook)
        If button = "clear" Then
            Call GoujiDrop(ActiveWorkbook)
            Exit Sub
        End If
    End If
    token = GetConfig("GOUJI_TOKEN", "", "user")
    If token <> "" Then token = "Bearer " & token
    Call RunRemotePython(server & "/xlwings/" & button, token)
End Sub

Public Function GoujiKept(ByVal button As String) As Boolean
    ' On Windows one Python stays until Excel is closed: xlwings' COM server, started by xlwings'
    ' library. The book goes there as an object, its name into no command. False where that Python
    ' cannot be had (a Mac, no such library, other bits): then each click starts its own.
    GoujiKept = False
    #If Mac Then
    #Else
    Dim python As String
    Dim kept As Variant
    python = GetConfig("INTERPRETER_WIN", "", "user")
    If python = "" Or GetConfig("GOUJI_KEEP", "", "user") <> "True" Then Exit Function
    On Error GoTo lacking
    Call XLPyLoadDLL
    If XLPyDLLActivateAuto(kept, GoujiKeptCommand(python), 1) <> 0 Then Exit Function
    kept.SetAttr kept.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
    GoujiKept = True
    kept.Exec GoujiCode(button)
    Exit Function
lacking:
    If GoujiKept Then Call ShowError("", Err.Description)
    #End If
End Function

Public Function GoujiKeptCommand(ByVal python As String) As String
    ' -P: nothing that lies in Excel's current folder is imported. The same for every book, so that
    ' the library finds the Python that runs already.
    Dim code As String
    code = "from gouji.addin.caller import serve; serve('$(CLSID)')"
    GoujiKeptCommand = Chr(34) & python & Chr(34) & " -P -B -c " & Chr(34) & code & Chr(34)
End Function

Public Function GoujiCode(ByVal button As String) As String
    GoujiCode = "from gouji.addin import macros; macros.clicked('" & button & "')"
End Function

Public Function GoujiHandedOver(ByVal button As String) As Boolean
    ' On Windows Python itself is started, no shell, and finds the book's name in its environment
    ' (gouji.addin.caller). A Mac's Excel starts nothing but through a shell: there it is False.
    Dim python As String
    Dim shell As Object
    Dim given As Object
    Dim code As Long
    python = GetConfig("INTERPRETER_WIN", "", "user")
    GoujiHandedOver = (python <> "")
    If python <> "" Then
        Set shell = CreateObject("WScript.Shell")
        Set given = shell.Environment("PROCESS")
        given.Item("GOUJI_BOOK") = ActiveWorkbook.Name
        given.Item("GOUJI_WINDOW") = CStr(ActiveWorkbook.Application.Hwnd)
        code = shell.Run(GoujiCommand(python, button), 0, True)
        Call given.Remove("GOUJI_BOOK")
        Call given.Remove("GOUJI_WINDOW")
        If code <> 0 Then Call GoujiSay("no_python")
    End If
End Function

Public Function GoujiCommand(ByVal python As String, ByVal button As String) As String
    ' -P: nothing that lies in Excel's current folder is imported.
    Dim code As String
    code = "from gouji.addin import macros; macros.clicked('" & button & "', True)"
    GoujiCommand = Chr(34) & python & Chr(34) & " -P -B -c " & Chr(34) & code & Chr(34)
End Function

Public Function GoujiUnsafeBook(ByVal wb As Variant) As Boolean
    GoujiUnsafeBook = GoujiUnsafeName(wb.FullName, wb.Name)
End Function

Public Function GoujiUnsafeName(ByVal full As String, ByVal shown As String) As Boolean
    ' xlwings writes the workbook's name and path into a command that a shell reads (cmd.exe on
    ' Windows, outside quotes; do shell script on a Mac). A name must not be able to say anything
    ' to it: one that holds a sign which a shell or the list of paths knows is given to none.
    Dim signs As String
    Dim place As Long
    GoujiUnsafeName = (Left(shown, 1) = "-") Or (InStr(shown, "\") > 0)
    signs = "`$;|&<>^%!'" & Chr(34) & Chr(127)
    For place = 1 To Len(signs)
        If InStr(full, Mid(signs, place, 1)) > 0 Then GoujiUnsafeName = True
    Next
    For place = 0 To 31
        If InStr(full, Chr(place)) > 0 Then GoujiUnsafeName = True
    Next
End Function

Public Function GoujiForeignSettings() As Boolean
    ' xlwings would take its settings, the Python to start among them, from a sheet of the open
    ' workbook or from a file beside it, and code from sheets that end in .py. A workbook that
    ' somebody sent must not decide what is run here. Looked at are all Sheets, as xlwings does:
    ' macro sheets and dialogs too, in any letter case.
    Dim sheet As Object
    GoujiForeignSettings = False
    For Each sheet In ActiveWorkbook.Sheets
        If GoujiForeignSheet(sheet.Name) Then GoujiForeignSettings = True
    Next
    If ActiveWorkbook.Path <> "" Then
        If FileExists(GetDirectoryConfigFilePath()) Then GoujiForeignSettings = True
    End If
End Function

Public Function GoujiForeignSheet(ByVal shown As String) As Boolean
    GoujiForeignSheet = (LCase(shown) = "gouji.conf") Or (LCase(Right(shown, 3)) = ".py")
End Function

Public Sub GoujiSay(ByVal key As String)
    MsgBox GoujiWord(key), vbInformation, GoujiWord("title")
End Sub

Public Function GoujiWord(ByVal key As String) As String
    Dim words As Worksheet
    Dim line As Long
    Set words = ThisWorkbook.Worksheets("words")
    GoujiWord = key
    For line = 1 To 40
        If words.Cells(line, 1).Value = key Then GoujiWord = words.Cells(line, 2).Value
    Next
End Function
