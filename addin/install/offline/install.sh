#!/bin/sh
# 在没有网络的电脑上安装：sh install.sh [装到哪个文件夹]
# Installs gouji from the wheels beside this file; no network is used.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
into=${1:-"$HOME/gouji"}
python=${PYTHON:-python3}

stop() {
    echo "$1" >&2
    exit 2
}

case "$(uname -m)" in
    x86_64 | amd64 | aarch64 | arm64) ;;
    *) stop "这种处理器（$(uname -m)，如龙芯）没有现成的组件，装不了。请用 gouji.html，或者请管理员开 gouji serve，用浏览器打开。" ;;
esac
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    stop "要有 Python 3.11 或更新的版本。装好后用 PYTHON=python3.11 sh install.sh 再试；装不了的，请用 gouji.html。"
"$python" -c 'import struct, sys; sys.exit(struct.calcsize("P") != 8)' ||
    stop "这是32位的 Python，没有现成的组件。请用 gouji.html，或者请管理员开 gouji serve，用浏览器打开。"
"$python" -m venv "$into" || stop "建不了文件夹 $into。请换一个位置：sh install.sh 文件夹"
"$into/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here" "gouji[server,encrypted]" ||
    stop "没有装上：这个文件夹里没有适合 $("$python" -V) 的组件。请用 Python 3.11、3.12 或 3.13。"
echo "已装到 $into。试一试：$into/bin/gouji --help"
