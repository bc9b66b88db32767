Attribute VB_Name = "GoujiMarks"
Option Explicit
' Colours and notes for desks without Python: xlwings' VBA client knows neither, so the server
' lists them on the results sheet (columns J to L: cell, kind, note) and this module puts them.

Public Sub GoujiPaint(wb As Workbook)
    Dim results As Worksheet
    Dim line As Long, last As Long, mark As Long
    Dim place As String
    Set results = GoujiResults(wb)
    If results Is Nothing Then Exit Sub
    last = results.UsedRange.Row + results.UsedRange.Rows.Count - 1
    For line = 1 To last
        place = CStr(results.Cells(line, 10).Value)
        mark = InStrRev(place, "!")
        If mark > 1 And CStr(results.Cells(line, 11).Value) <> "" Then
            GoujiPaintCell wb.Worksheets(Left(place, mark - 1)).Range(Mid(place, mark + 1)), _
                CStr(results.Cells(line, 11).Value), CStr(results.Cells(line, 12).Value), results.Name
        End If
    Next
    results.Columns("J:L").Hidden = True
End Sub

Public Sub GoujiPaintCell(cell As Range, ByVal kind As String, ByVal note As String, ByVal title As String)
    Dim rule As Object
    On Error Resume Next ' a sheet protected with a password: the results sheet still says it
    Set rule = cell.FormatConditions.Add(2, , "=AND(N(""gouji:" & kind & """)=0,ROWS('" & title & "'!$A$1)=1)")
    rule.Interior.Color = GoujiColour(kind, True)
    rule.Font.Color = GoujiColour(kind, False)
    If cell.Comment Is Nothing Then cell.AddComment note
End Sub

Public Function GoujiColour(ByVal kind As String, ByVal background As Boolean) As Long
    Select Case kind
        Case "likely"
            GoujiColour = IIf(background, RGB(255, 0, 0), RGB(255, 255, 255))
        Case "error"
            GoujiColour = IIf(background, RGB(255, 153, 153), RGB(156, 0, 6))
        Case "warning"
            GoujiColour = IIf(background, RGB(255, 235, 156), RGB(127, 96, 0))
        Case Else
            GoujiColour = IIf(background, RGB(221, 235, 247), RGB(31, 78, 120))
    End Select
End Function

Public Sub GoujiUnpaint(wb As Workbook)
    ' Takes out exactly what bears our marker: formats, notes, the results sheet.
    Dim sheet As Worksheet, results As Worksheet
    Dim rule As Long, note As Long
    Dim shown As Boolean
    For Each sheet In wb.Worksheets
        On Error Resume Next ' other kinds of formats have no Formula1
        For rule = sheet.Cells.FormatConditions.Count To 1 Step -1
            Dim formula As String
            formula = ""
            formula = sheet.Cells.FormatConditions(rule).Formula1
            If InStr(formula, """gouji:") > 0 Then sheet.Cells.FormatConditions(rule).Delete
        Next
        For note = sheet.Comments.Count To 1 Step -1
            If GoujiIsOurs(sheet.Comments(note).Text) Then sheet.Comments(note).Delete
        Next
        On Error GoTo 0
    Next
    Set results = GoujiResults(wb)
    If results Is Nothing Then Exit Sub
    shown = Application.DisplayAlerts
    Application.DisplayAlerts = False
    results.Delete
    Application.DisplayAlerts = shown
End Sub

Public Function GoujiIsOurs(ByVal text As String) As Boolean
    GoujiIsOurs = (Left(text, Len(GoujiWord("note_start"))) = GoujiWord("note_start"))
End Function

Public Function GoujiResults(wb As Workbook) As Worksheet
    Dim sheet As Worksheet
    Set GoujiResults = Nothing
    For Each sheet In wb.Worksheets
        If Left(sheet.Name, Len(GoujiWord("results"))) = GoujiWord("results") Then
            If GoujiIsOurs(CStr(sheet.Range("A1").Value)) Then Set GoujiResults = sheet
        End If
    Next
End Function
