#!/bin/sh
# Succeeds where LibreOffice converts a document of this kind: converts.sh calc | writer
set -eu
case $1 in
calc) given=csv made=xlsx ;;
writer) given=txt made=docx ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo 1 >"$folder/a.$given"
soffice "-env:UserInstallation=file://$folder/profile" --headless --norestore \
    --convert-to "$made" --outdir "$folder" "$folder/a.$given"
test -s "$folder/a.$made"
