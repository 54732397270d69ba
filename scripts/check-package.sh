#!/usr/bin/env bash
# Packs the product, checks the tarball, and runs it where nothing else of the repository is. Usage: check-package.sh WORK
set -euo pipefail
work=$1
packed=$(npm pack --workspace signalbox --pack-destination "$work" --silent | tail -n 1)
tarball="$work/$packed"
npx publint run "$tarball" --strict
npx attw "$tarball" --profile esm-only
if tar -tzf "$tarball" | grep -E '\.(test|fixture)\.|/fixtures/|contract\.(js|d\.ts)$'; then
  echo 'the tarball holds tests or fixtures' >&2
  exit 1
fi
node="$PWD/node_modules/.bin/node"
mkdir -p "$work/elsewhere" && cd "$work/elsewhere"
echo '{"private":true,"type":"module"}' >package.json
npm install --no-audit --no-fund --ignore-scripts "$tarball"
"$node" node_modules/signalbox/bin/signalbox.js --version
"$node" --input-type=module -e "const s = await import('signalbox'); if (Object.keys(s).length === 0) throw new Error('no exports')"
# Without the optional sentence encoder: it says so, and works.
"$node" node_modules/signalbox/bin/signalbox.js start --once --folder demo >out.txt 2>err.txt || { cat out.txt err.txt; exit 1; }
grep -q 'best single' out.txt
grep -qi 'minilm' err.txt
