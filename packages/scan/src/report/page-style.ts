/** The style of the report: system fonts, two colour schemes, one column on a phone. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --text: light-dark(#1c2024, #e6e9ec); --soft: light-dark(#555f68, #a4adb6); --page: light-dark(#fff, #14181c);
  --panel: light-dark(#f4f6f8, #1c2228); --line: light-dark(#d5dade, #343c44); --link: light-dark(#0b5cad, #7fb8f5);
  --good: light-dark(#1b6b2f, #7fd394); --fair: light-dark(#7a4b00, #f0b95a); --bad: light-dark(#a61b1b, #ff9b93);
  --good-fill: light-dark(#e2f4e6, #16301d); --fair-fill: light-dark(#fdf0d5, #35290f); --bad-fill: light-dark(#fde5e3, #3a1a19);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 84rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0 1rem; } .soft { color: var(--soft); }
a { color: var(--link); } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.cards li { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.cards strong { display: block; font-size: 1.6rem; line-height: 1.2; } .cards svg { display: block; width: 100%; height: 2rem; margin-top: .4rem; }
.good { color: var(--good); } .fair { color: var(--fair); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 12rem; font-weight: normal; }
tbody tr:last-child > * { border-bottom: 0; } thead th { background: var(--panel); padding: 0; }
thead button { all: unset; box-sizing: border-box; width: 100%; padding: .4rem .7rem; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 3px solid var(--link); outline-offset: -3px; }
th[aria-sort=ascending] button::after { content: " \\25B2"; } th[aria-sort=descending] button::after { content: " \\25BC"; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { padding: .5rem .75rem; cursor: pointer; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0; }
pre { margin: 0; padding: .5rem 0; overflow-x: auto; font: .82rem/1.5 ui-monospace, monospace; border-top: 1px solid var(--line); tab-size: 2; }
pre > span { display: block; padding: 0 .75rem; width: max-content; min-width: 100%; }
pre > span::before { content: attr(data-line); display: inline-block; width: 3.5em; padding-right: 1em; text-align: right; color: var(--soft); }
pre .good { background: var(--good-fill); color: inherit; } pre .fair { background: var(--fair-fill); color: inherit; } pre .bad { background: var(--bad-fill); color: inherit; }
pre > .gap { color: var(--soft); }
.calls { margin: 0; padding: .5rem .75rem .5rem 2rem; border-top: 1px solid var(--line); } .calls li { margin: .25rem 0; overflow-wrap: anywhere; }
.calls .state { display: inline-block; margin-right: .9rem; }
@media print { details:not([open]) > * { display: revert; } }
`
