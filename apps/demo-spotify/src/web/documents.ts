/** The three pages as HTML; what they show comes from `/api`. */

const PAGES = [
  ['/', 'Time machine'],
  ['/playlist', 'Playlist'],
  ['/status', 'Status'],
  ['/devtools/', 'Resilience'],
] as const

const shell = (path: string, title: string, script: string, main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - Music Time Machine</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/style.css">
<script type="module" src="/page/${script}.ts"></script>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<p class="brand">Music Time Machine</p>
<nav aria-label="Pages"><ul>${PAGES.map(
  ([href, name]) => `<li><a href="${href}"${href === path ? ' aria-current="page"' : ''}>${name}</a></li>`,
).join('')}</ul></nav>
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
<p id="message" role="status" aria-live="polite"></p>
${main}
</main>
<footer><p id="attribution">Data and covers from Spotify. This program is not made or endorsed by Spotify.</p></footer>
</body>
</html>`

const TIME_MACHINE = `
<section class="controls" aria-label="What is shown">
<p><label for="list">List</label> <select id="list">
<option value="tracks-short_term">Songs of four weeks</option>
<option value="tracks-medium_term">Songs of half a year</option>
<option value="tracks-long_term">Songs of a year</option>
<option value="artists-short_term">Artists of four weeks</option>
<option value="artists-medium_term">Artists of half a year</option>
<option value="artists-long_term">Artists of a year</option>
</select></p>
<p class="slide"><label for="slider">Month <output id="month" for="slider"></output></label>
<button type="button" id="earlier" aria-label="A month earlier">&#8592;</button>
<input type="range" id="slider" min="0" max="0" value="0" step="1">
<button type="button" id="later" aria-label="A month later">&#8594;</button></p>
</section>
<section aria-labelledby="bump-title"><h2 id="bump-title">The ten best, month by month</h2>
<div id="bump" class="chart tall" role="img" aria-label="Bump chart of ranks by month; the table below holds the same"></div>
<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Ranks by month"><table id="bump-table"></table></div></details></section>
<section aria-labelledby="top-title"><h2 id="top-title">The list of this month</h2><ol id="covers" class="covers"></ol><p><button type="button" id="all" aria-expanded="false" aria-controls="covers">Show the whole list</button></p></section>
<section aria-labelledby="stories-title"><h2 id="stories-title">Stories</h2><p id="overlap"></p><div id="stories" class="cards"></div></section>
<section aria-labelledby="calendar-title"><h2 id="calendar-title">How complete the months are</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Calendar of snapshots"><table id="calendar" class="calendar"></table></div>
<p class="legend"><span class="mark complete">7</span> all lists <span class="mark partial">5</span> with holes <span class="mark missed">0</span> missed</p>
<div id="holes"></div></section>
<section class="pair"><div><h2>How much is new each month</h2><div id="novelty" class="chart" role="img" aria-label="Line of the share of songs that are new, by month"></div></div>
<div><h2>When you listen</h2><div id="clock" class="chart" role="img" aria-label="Bars of songs heard by hour of the day"></div></div></section>`

const PLAYLIST = `
<section class="controls"><p><label for="month">Month</label> <select id="month"></select></p>
<p><button type="button" id="sync" class="primary">Write the playlist</button> <button type="button" id="undo">Undo</button></p></section>
<section aria-labelledby="state-title"><h2 id="state-title">On Spotify</h2><p id="state"></p></section>
<section aria-labelledby="preview-title"><h2 id="preview-title">What would be in it</h2><ol id="preview" class="songs"></ol></section>`

const STATUS = `
<section class="cards" id="meters">
<div class="card"><h2>Next call allowed</h2><p id="pause" class="big"></p><p id="pause-why"></p></div>
<div class="card"><h2>Consent</h2><p id="consent" class="big"></p><meter id="consent-meter" min="0" max="182" low="14" high="60" optimum="182" aria-label="Days left of the consent"></meter><p><a id="renew" class="button" href="/login">Renew consent</a></p></div>
<div class="card"><h2>Next snapshot</h2><p id="next" class="big"></p><p id="next-why"></p><p><button type="button" id="snapshot">Take it now</button></p></div>
</section>
<section aria-labelledby="doctor-title"><h2 id="doctor-title">Doctor</h2><p><button type="button" id="examine">Examine</button></p><ul id="findings" class="findings"></ul></section>
<section aria-labelledby="calls-title"><h2 id="calls-title">Calls to Spotify by day</h2><div id="calls" class="chart" role="img" aria-label="Bars of calls by day and outcome"></div></section>
<section aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2><div class="scroll" tabindex="0" role="region" aria-label="Runs"><table id="runs"></table></div></section>
<section aria-labelledby="log-title"><h2 id="log-title">Log</h2><p><label for="filter">Only with</label> <input id="filter" type="search" placeholder="words or an id" autocomplete="off"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Log"><table id="log"></table></div></section>
<section aria-labelledby="data-title"><h2 id="data-title">Your data</h2><p><a class="button" href="/export.csv" download>CSV</a> <a class="button" href="/export.json" download>JSON</a></p></section>`

export const documents: Readonly<Record<string, string>> = {
  '/': shell('/', 'Time machine', 'time-machine', TIME_MACHINE),
  '/playlist': shell('/playlist', 'Playlist', 'playlist', PLAYLIST),
  '/status': shell('/status', 'Status', 'status', STATUS),
}
