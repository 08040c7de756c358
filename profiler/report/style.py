"""How every page looks, in light, in dark and on paper; nothing is loaded from anywhere."""

STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --dim: #5d6779; --rule: #e3e7ee; --paper: #fff;
  --bar: #3b6fd4; --ok: #2e9e5b; --watch: #c98a00; --high: #d4493f; --over: #a3261d;
  --s0: #3b6fd4; --s1: #16877b; --s2: #8a55d6; --s3: #b06a10; --s4: #c0426a; --s5: #7d8596; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #9aa5b8;
  --rule: #2d3441; --paper: #14171d; --bar: #7aa2f7; --ok: #57c785; --watch: #e5b94e;
  --high: #f07b72; --over: #ff9d94;
  --s0: #6c9bf5; --s1: #3fb5a6; --s2: #ad86ee; --s3: #d7933c; --s4: #e3709a; --s5: #8b95a8; } }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--paper); max-width: 72rem; margin: 3rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.8rem; line-height: 1.2; letter-spacing: -.015em; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.8rem 0 .6rem; }
h1, h2, p { overflow-wrap: anywhere; }
p { color: var(--dim); margin: .4rem 0 1.2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr));
  gap: 1.2rem 1rem; margin: 1.8rem 0; }
.figures div { border-top: 2px solid var(--rule); padding-top: .5rem; }
.figures dt, .figures .beside { color: var(--dim); font-size: .82rem; }
.figures dd { margin: 0; font-variant-numeric: tabular-nums; }
.figures .now { font-size: 1.4rem; font-weight: 600; line-height: 1.35; }
.wide { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 0; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; }
th { color: var(--dim); font-size: .82rem; font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { padding-left: 0; position: sticky; left: 0;
  background: var(--paper); }
th:last-child, td:last-child { padding-right: 0; }
.name { white-space: nowrap; }
.long { overflow-wrap: anywhere; min-width: 17em; }
small { display: block; color: var(--dim); font-size: .84em; }
.number { text-align: right; white-space: nowrap; }
tbody tr:last-child td { border-bottom-color: var(--dim); }
tfoot td { font-weight: 600; border-bottom: 0; }
td.bar { width: 100%; min-width: 4.5rem; }
.bar svg { display: block; width: 100%; height: 10px; }
.bar rect { fill: var(--bar); }
.bar.ok rect { fill: var(--ok); } .bar.watch rect { fill: var(--watch); }
.bar.high rect { fill: var(--high); } .bar.over rect { fill: var(--over); }
@media (max-width: 60rem) { body { font-size: 13.5px; margin: 1.5rem auto; padding: 0 1rem; }
  .figures .now { font-size: 1.15rem; } small { white-space: normal; }
  table { font-size: 12px; } th, td { padding: .34rem .36rem; } th { font-size: 11px; } }
@media (max-width: 40rem) { .name { white-space: normal; overflow-wrap: anywhere;
  min-width: 7rem; } }
@page { margin: 14mm; }
@media print { :root { color-scheme: light; font-size: 11px; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10px; }
  th, td { padding: .28rem .4rem; } .wide { overflow: visible; }
  td.bar { min-width: 3.5em; }
  h1, h2, h2 + p { break-after: avoid; } tr, figure, .figures { break-inside: avoid; }
  th:first-child, td:first-child { position: static; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
""".strip()
