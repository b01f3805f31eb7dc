// The style of the page: light and dark, wide and narrow. It is one text, since the page's policy contains its hash.

/** The style. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2433; --soft: #545f72; --line: #dde2ea; --ground: #f4f6f9; --paper: #fff; --green: #06753c; --amber: #8a4b00; --red: #b3261e; --blue: #1f4fb0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf1; --soft: #a9b3c2; --line: #313a48; --ground: #10141a; --paper: #1a202a; --green: #57d18c; --amber: #f2b45c; --red: #ff9a90; --blue: #9bb8ff; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
header { background: var(--paper); border-bottom: 1px solid var(--line); padding: 12px max(20px, calc(50vw - 620px)); display: flex; align-items: center; gap: 8px 16px; flex-wrap: wrap; }
h1 { font-size: 18px; margin: 0; } h2 { font-size: 16px; margin: 0; } h3 { font-size: 13px; margin: 0; color: var(--soft); }
h1 small { color: var(--soft); font-weight: 400; font-size: 14px; margin-left: 4px; }
h2 b { font-size: 12px; color: var(--soft); background: var(--ground); border-radius: 10px; padding: 1px 9px; margin-left: 4px; }
.facts { margin-left: auto; display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; font-size: 13px; color: var(--soft); }
.facts b { color: var(--ink); font-variant-numeric: tabular-nums; white-space: nowrap; }
a { color: var(--blue); }
#link { font-weight: 600; font-size: 13px; } #link:not(:empty)::before { content: "● "; } #link.up { color: var(--green); } #link.down { color: var(--red); }
main { max-width: 1280px; margin: 0 auto; padding: 20px 20px 90px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.head { padding: 11px 16px; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); padding: 8px 16px 2px; white-space: nowrap; }
td { padding: 9px 16px; vertical-align: top; }
tbody tr:not(:first-child, .detail) td { border-top: 1px solid var(--line); }
.sub, .code { color: var(--soft); font-size: 12px; }
.code { margin-top: 1px; white-space: nowrap; }
.mono, .code, #code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans CJK SC", monospace; }
.mono { font-size: 13px; }
.money { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } td.money { font-weight: 650; font-size: 15px; } td.money .sub { font-weight: 400; }
td.number { width: 60%; max-width: 0; } td.number > div { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
td.age { white-space: nowrap; color: var(--soft); font-variant-numeric: tabular-nums; }
td.merchant { white-space: nowrap; }
td.act { text-align: right; white-space: nowrap; }
th .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.empty { margin: 0; padding: 14px 16px; color: var(--soft); }
.badge { display: inline-block; border-radius: 6px; padding: 1px 8px; font-weight: 600; font-size: 12.5px; max-width: 22em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: top; color: var(--soft); background: color-mix(in srgb, currentColor 12%, var(--paper)); }
.badge.good { color: var(--green); } .badge.wait { color: var(--amber); } .badge.info { color: var(--blue); } .badge.bad { color: var(--red); }
.badge.alarm { background: var(--red); color: var(--paper); }
button, select, input { font: inherit; border: 1px solid color-mix(in srgb, var(--soft) 60%, var(--paper)); border-radius: 7px; background: var(--paper); color: var(--ink); padding: 4px 12px; max-width: 100%; }
button { cursor: pointer; white-space: nowrap; } button:hover { background: var(--ground); } button[aria-busy="true"] { opacity: .6; }
td.act button + button { margin-left: 6px; }
button.main { background: var(--green); border-color: var(--green); color: var(--paper); font-weight: 600; } button.main:hover { filter: brightness(1.1); }
button.more { padding: 4px 9px; font-weight: 700; }
button.small, header button { padding: 1px 9px; font-size: 12.5px; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
ol.attempts { margin: 0; padding: 0; list-style: none; font-size: 13px; } ol.attempts li { display: flex; gap: 8px; }
time { color: var(--soft); font-variant-numeric: tabular-nums; } .ok { color: var(--green); } .no { color: var(--red); overflow-wrap: anywhere; }
.detail td { padding-top: 0; }
.texts, .pair, #start-lines { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: 8px; margin-bottom: 4px; }
pre { margin: 0; padding: 10px 12px; background: var(--ground); border: 1px solid var(--line); border-radius: 7px; font-size: 12.5px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22em; overflow: auto; }
pre.table { white-space: pre; overflow-wrap: normal; }
.why { margin: 0; color: var(--soft); } .why b { color: var(--red); }
.cards { display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px; align-items: start; }
.card { padding: 14px 16px 16px; } .hint { margin: 0 0 12px; color: var(--soft); }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.now { margin: 0 0 10px; font-size: 20px; font-variant-numeric: tabular-nums; }
form { display: flex; gap: 10px 14px; align-items: end; flex-wrap: wrap; }
form select, form input, form button { height: 34px; }
label { color: var(--soft); font-size: 13px; } form label { display: grid; gap: 2px; }
.code-line { display: flex; gap: 10px; align-items: center; margin: 10px 0 0; } .code-line:not(:has(#code:not(:empty))) { display: none; }
#code { font-size: 13px; overflow-wrap: anywhere; user-select: all; }
.faults { display: grid; gap: 12px 28px; } fieldset { border: 0; margin: 0; padding: 0; min-width: 0; } legend { padding: 0 0 4px; font-weight: 600; font-size: 13px; }
.fault { display: flex; justify-content: space-between; align-items: center; gap: 10px; padding: 2px 0; } .fault select { padding: 1px 6px; } .fault select.on { border-color: var(--red); color: var(--red); font-weight: 600; }
#bill-text { margin-top: 14px; }
#menu { position: fixed; inset: auto; margin: 0; padding: 5px; border: 1px solid var(--line); border-radius: 9px; background: var(--paper); color: var(--ink); box-shadow: 0 8px 28px #0004; }
#menu button { display: block; width: 100%; text-align: left; border-color: transparent; } #menu .danger { color: var(--red); }
dialog { border: 1px solid var(--line); border-radius: 12px; background: var(--paper); color: var(--ink); padding: 20px; width: min(26em, calc(100vw - 32px)); } dialog::backdrop { background: #0007; }
dialog form { display: grid; gap: 10px; align-items: stretch; } dialog p { margin: 0; overflow-wrap: anywhere; } #part-bad { color: var(--red); } #part-bad:empty { display: none; }
#said { position: fixed; left: 50%; bottom: 22px; transform: translateX(-50%); background: var(--ink); color: var(--paper); border-radius: 9px; padding: 9px 18px; width: max-content; max-width: calc(100vw - 24px); overflow-wrap: anywhere; box-shadow: 0 6px 24px #0004; }
#said:empty { display: none; } #said.bad { background: var(--red); }
@media (max-width: 450px) { h1 small { display: none; } }
@media (min-width: 1100px) { ol.attempts { min-width: 27em; } td:first-child .sub { white-space: nowrap; } }
@media (min-width: 900px) { .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); } .cards > * { height: 100%; } .faults { grid-template-columns: 1fr 1fr; } .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; } }
@media (max-width: 1099px) {
  header, main { padding-left: 12px; padding-right: 12px; } .facts { order: 1; flex: 1 1 100%; margin-left: 0; } #lang { margin-left: auto; }
  thead { display: none; } table, tbody { display: block; }
  tr { display: flex; flex-wrap: wrap; gap: 3px 14px; align-items: baseline; padding: 11px 14px; }
  tbody tr:not(:first-child, .detail) { border-top: 1px solid var(--line); } tbody tr:not(:first-child, .detail) td { border: 0; }
  td { padding: 0; } td:empty { display: none; } td.money { margin-left: auto; } td > .code, td.merchant > div { display: inline-block; margin-right: 8px; } .badge { margin-right: 6px; } td.age { margin-left: auto; } td.number { width: auto; max-width: none; flex: 1 1 100%; min-width: 0; } td.number .mono { white-space: normal; overflow-wrap: anywhere; }
  td.act { flex: 1 1 100%; text-align: left; margin-top: 4px; } tr.detail { padding-top: 0; } .detail td { flex: 1 1 100%; min-width: 0; } .badge { max-width: 100%; }
}
`;
