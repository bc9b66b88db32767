"""`gouji addin …`: the commands of the command line that belong to this room."""

from __future__ import annotations

from pathlib import Path

import click

from ...templates.errors import InputError
from ...validators.cli import FOLDER_OUT, end, group, lang_option, say, tell


@group("addin")
@lang_option
def addin() -> None:
    r"""表格软件里的“年报校验”按钮：生成、安装、卸载、检查。

    \b
    例：gouji addin install                # Excel（Windows、Mac）
        gouji addin install --wps          # WPS 表格
        gouji addin doctor                 # 还缺什么
    """


@addin.command("build")
@click.option(
    "-o",
    "--output",
    type=FOLDER_OUT,
    default=Path("dist/addin"),
    show_default=True,
    help="写到哪个文件夹。",
)
@click.option("--server", default="", help="WPS 太旧、不能自己校验时，问哪台服务器；不写则问本机。")
@lang_option
def build_(output: Path, server: str) -> None:
    r"""生成 gouji.xlam（Excel）、gouji-wps.zip（WPS）、gouji.oxt（LibreOffice）和 gouji.html。

    gouji.html 是一个网页，什么都不用装，双击就能用，不用网络；生成它要有 npm。

    \b
    例：gouji addin build -o 加载项
    """
    from ..excel.build import build
    from ..page.build import build_page
    from . import packs
    from .rooms import LOCAL

    engine = _engine()
    files = [build(output / "gouji.xlam")]
    files.append(packs.build_wps(output / "gouji-wps.zip", server or LOCAL, engine))
    files.append(packs.build_oxt(output / "gouji.oxt"))
    if engine:
        files.append(build_page(output / "gouji.html", engine))
    for path in files:
        say(f"已生成 {path}", f"Made {path}")


def _engine() -> str:
    """What judges in a browser and in WPS; said on stderr and empty where it cannot be made."""
    from ..page.build import bundle

    try:
        return bundle()
    except InputError as error:
        tell(error, err=True)
        return ""


@addin.command()
@click.option(
    "--server",
    default="",
    help="由这台服务器校验（本机不用 Python；WPS 能自己校验的不用它），如 http://10.0.0.5:8765。",
)
@click.option("--token-env", metavar="VAR", help="服务器口令所在的环境变量。")
@click.option("--wps", is_flag=True, help="装到 WPS 表格。")
@click.option("--libreoffice", is_flag=True, help="装到 LibreOffice。")
@click.option("--shortcut", is_flag=True, help="在桌面放一个图标：把工作簿拖上去就校验。")
@lang_option
def install(
    server: str, token_env: str | None, wps: bool, libreoffice: bool, shortcut: bool
) -> None:
    r"""装到这台电脑的 Excel（不写选项时）、WPS、LibreOffice 或桌面。

    \b
    例：gouji addin install
        gouji addin install --wps --server http://10.0.0.5:8765
        gouji addin install --shortcut
    """
    import os

    from . import rooms
    from .desk import Desk

    if server and not server.startswith(("http://", "https://")):
        raise InputError(
            f"服务器地址 {server} 要以 http:// 或 https:// 开头。",
            f"the server {server} must begin with http:// or https://",
        )
    token = os.environ.get(token_env, "") if token_env else ""
    desk = Desk()
    lines = []
    if wps:
        lines += rooms.install_wps(desk, server, token, _engine())
    if libreoffice:
        lines += rooms.install_libreoffice(desk, server, token)
    if shortcut:
        lines += rooms.install_shortcut(desk)
    if not (wps or libreoffice or shortcut):
        lines += rooms.install_excel(desk, server, token)
    for line in lines:
        say(line.zh, line.en)


@addin.command()
@lang_option
def uninstall() -> None:
    r"""把安装时放上去的全部去掉，别的加载项不动。

    \b
    例：gouji addin uninstall
    """
    from . import rooms
    from .desk import Desk

    removed = rooms.uninstall(Desk())
    for path in removed:
        say(f"已删除 {path}", f"Removed {path}")
    if not removed:
        say("没有装过，没有什么要删除。", "Nothing was installed, nothing to remove.")


@addin.command()
@lang_option
def doctor() -> None:
    r"""检查这台电脑：按钮装好了没有，还缺什么，怎么办。一处都没装好时退出码为 1。

    \b
    例：gouji addin doctor
    """
    from .desk import Desk
    from .doctor import doctor as examine

    fine = False
    for good, line in examine(Desk()):
        fine = fine or good
        sign = "√" if good else "×"
        say(f"{sign} {line.zh}", f"{sign} {line.en}")
    end(0 if fine else 1)
