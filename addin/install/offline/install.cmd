@echo off
chcp 65001 >nul
rem 在没有网络的电脑上安装：install.cmd [装到哪个文件夹]
rem Installs gouji from the wheels beside this file; no network is used.
setlocal
set "HERE=%~dp0."
set "INTO=%~1"
if "%INTO%"=="" set "INTO=%USERPROFILE%\gouji"
set "PY=%PYTHON%"
if "%PY%"=="" set "PY=py -3"
%PY% -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul
if errorlevel 1 (
  echo 要有 Python 3.11 或更新的版本。装不了的，请用 gouji.html。
  exit /b 2
)
%PY% -c "import struct, sys; sys.exit(struct.calcsize(chr(80)) != 8)"
if errorlevel 1 (
  echo 这是32位的 Python，没有现成的组件。请用 gouji.html，或者请管理员开 gouji serve，用浏览器打开。
  exit /b 2
)
%PY% -m venv "%INTO%"
if errorlevel 1 (
  echo 建不了文件夹 %INTO%。请换一个位置：install.cmd 文件夹
  exit /b 2
)
"%INTO%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%HERE%" "gouji[server,encrypted]"
if errorlevel 1 (
  echo 没有装上：这个文件夹里没有适合这个 Python 的组件。请用 Python 3.11、3.12 或 3.13。
  exit /b 2
)
echo 已装到 %INTO%。试一试："%INTO%\Scripts\gouji.exe" --help
