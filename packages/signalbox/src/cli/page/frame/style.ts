/**
 * The look of the page. Colours are custom properties in one place; charts, tables and the hatch take them
 * from here, so that dark mode is a change of tokens alone. Categories are Okabe and Ito's.
 */
const light = `
  --paper: #ffffff; --ink: #111827; --context: #5b6472; --grid: #d1d5db; --wash: #f3f4f6;
  --blue: #0072b2; --orange: #b86e00; --green: #007a59; --sky: #56b4e9; --loss: #d55e00; --alarm: #b34e00; --link: #005a8c;
  --mark-orange: #e69f00; --mark-green: #009e73;`;
const dark = `
  --paper: #10151d; --ink: #e5e7eb; --context: #9ca3af; --grid: #374151; --wash: #1b2330;
  --blue: #4ba3d9; --orange: #e69f00; --green: #2fbf93; --sky: #56b4e9; --loss: #e8762b; --alarm: #e8762b; --link: #7cc0ea;
  --mark-orange: #e69f00; --mark-green: #2fbf93;`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { ${light} color-scheme: light; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 1448px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
main { padding-bottom: 64px; }
h1, h2 { font-size: 28px; line-height: 1.25; margin: 64px 0 8px; overflow-wrap: anywhere; }
h1 { margin-top: 0; }
h3 { font-size: 18px; line-height: 1.35; margin: 48px 0 4px; max-width: 72ch; overflow-wrap: anywhere; }
p, dl, ul { max-width: 72ch; margin: 0 0 12px; overflow-wrap: anywhere; }
ul { padding-left: 20px; }
a { color: var(--link); }
.answer { font-size: 18px; font-weight: 600; max-width: 64ch; }
.contents ol { margin: 0; padding-left: 28px; font-size: 14px; columns: 2 400px; column-gap: 48px; max-width: 1100px; } .contents li { break-inside: avoid; margin-bottom: 4px; }
div.verdicts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 8px 48px; margin-bottom: 12px; }
.verdict > .context { margin: 0; }
.context, .subtitle, figcaption { color: var(--context); font-size: 14px; }
.subtitle { margin-bottom: 12px; }
.simulated { display: inline-block; padding: 0 8px; border: 1px solid var(--loss); color: var(--ink); font-weight: 600; }
.flag strong { color: var(--alarm); }
a.term { color: inherit; text-decoration: underline dotted var(--context); text-underline-offset: 3px; }
.key { white-space: nowrap; font-weight: 600; }
.blue { color: var(--blue); } .orange { color: var(--orange); } .green { color: var(--green); } .loss { color: var(--alarm); }
figure { margin: 0 0 12px; }
svg.chart { display: block; max-width: 100%; height: auto; overflow: visible; background: none; }
svg.chart text { white-space: pre; }
svg.narrow { display: none; }
.smalls > div { display: flex; flex-wrap: wrap; gap: 12px 32px; } .smalls figcaption { color: var(--ink); font-weight: 600; } svg.small { width: 320px; flex: none; }
.panels { display: flex; flex-wrap: wrap; gap: 12px 32px; margin-bottom: 12px; } .panels figure { margin: 0; max-width: 100%; } .panels figure > div { display: flex; flex-wrap: wrap; gap: 12px 32px; } .panels figcaption { max-width: 384px; color: var(--ink); font-weight: 600; } .panels svg.wide { width: 384px; } .panels svg.narrow { width: 320px; }
.hatch { position: absolute; width: 0; height: 0; }
.scroll { overflow-x: auto; margin-bottom: 12px; }
table { border-collapse: collapse; font-size: 14px; line-height: 1.3; }
caption { text-align: left; color: var(--context); padding-bottom: 4px; }
th, td { padding: 4px 8px; text-align: right; vertical-align: baseline; white-space: nowrap; }
thead th { font-weight: 600; white-space: normal; min-width: 5.5em; border-bottom: 1px solid var(--context); vertical-align: bottom; }
tbody th { font-weight: 400; text-align: left; }
tbody tr { border-bottom: 1px solid var(--grid); }
td { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-variant-numeric: tabular-nums; font-size: 13px; }
td.word, th.word { text-align: left; font-family: inherit; }
td.why { text-align: left; white-space: normal; font-family: inherit; min-width: 24ch; max-width: 60ch; }
td small { display: block; color: var(--context); font-size: 11px; }
.scroll th:first-child { position: sticky; left: 0; background: var(--paper); text-align: left; }
tbody th span.name { display: inline-block; max-width: 34ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
tr.main th, tr.main td { font-weight: 600; }
tr.beyond { background: repeating-linear-gradient(135deg, transparent 0 6px, var(--wash) 6px 9px); }
thead button { all: unset; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 2px solid var(--blue); }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
.heat td { padding: 2px 4px; font-size: 12px; text-align: center; min-width: 36px; background: color-mix(in srgb, var(--tone) calc(var(--t) * 70%), var(--paper)); }
.heat td.up { --tone: var(--blue); } .heat td.down { --tone: var(--loss); }
.heat td.plain { background: none; color: var(--context); text-align: right; }
.heat tbody tr { border: 0; }
.heat thead th.model { padding: 4px 2px; writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; max-height: 170px; overflow: hidden; text-overflow: ellipsis; font-weight: 400; border: 0; white-space: nowrap; min-width: 0; }
.heat thead th { border: 0; }
.bar { display: flex; align-items: center; gap: 6px; justify-content: flex-start; min-width: 130px; }
.bar i { display: block; height: 12px; background: var(--context); flex: none; }
.bar i.blue { background: var(--blue); } .bar i.green { background: var(--mark-green); }
.plane input { margin: 0 4px 0 0; } .plane label { margin-right: 16px; font-size: 14px; }
.plane:has(input.linear:checked) .on-log { display: none; }
.plane:has(input.log:checked) .on-linear { display: none; }
details { margin-bottom: 12px; }
summary { cursor: pointer; color: var(--link); font-size: 14px; margin-bottom: 8px; }
dl.method { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; font-size: 14px; max-width: 100%; }
dl.method dt { color: var(--context); } dl.method dd { margin: 0; overflow-wrap: anywhere; max-width: 72ch; }
dl.glossary dt { font-weight: 600; } dl.glossary dd { margin: 0 0 8px; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
#tip { position: fixed; z-index: 2; pointer-events: none; max-width: 320px; padding: 4px 8px; background: var(--ink); color: var(--paper); font-size: 13px; white-space: pre-line; }
@media (max-width: 720px) {
  main, header { padding-left: 16px; padding-right: 16px; }
  h1, h2 { font-size: 24px; }
  svg.wide { display: none; } svg.narrow { display: block; }
  tbody th span.name { max-width: 17ch; }
  dl.method { grid-template-columns: 1fr; } dl.method dd { margin-bottom: 8px; }
}
@page { size: A4; margin: 14mm; }
@page wide { size: A4 landscape; }
@media print {
  body, p, dl, ul { font-size: 10.5px; } main, header { padding: 0; max-width: none; }
  h1, h2 { font-size: 20px; margin-top: 24px; } h3 { font-size: 13.5px; margin-top: 24px; } h1 { margin-top: 0; }
  .answer { font-size: 13.5px; } .context, .subtitle, dl.method { font-size: 10px; }
  tr.beyond { background: var(--wash); } .toggle { display: none; }
  .scroll { overflow: visible; } .broad { page: wide; }
  table { font-size: 9px; } td { font-size: 8.5px; } td small { font-size: 7px; } th, td { padding: 2px 3px; }
  .heat td { font-size: 7px; padding: 1px 2px; }
  tr, svg.chart, dl.method > * { break-inside: avoid; } h2, h3, .subtitle { break-after: avoid; }
  thead { display: table-header-group; }
  svg.wide { display: block; } svg.narrow { display: none; }
  .smalls { break-inside: avoid; } .smalls > div { flex-wrap: nowrap; gap: 8px; } svg.small { width: auto; flex: 1; min-width: 0; }
  .panels { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; } .panels figcaption { font-size: 10px; } .panels figure { break-inside: avoid; } .panels svg.wide { width: 100%; }
  details.screen { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; } summary { display: none; }
  a.term { text-decoration: none; } a[href^=http]::after { content: " (" attr(href) ")"; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
