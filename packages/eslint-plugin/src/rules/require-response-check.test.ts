import { runRuleCases } from '../../testing/rule-cases.ts'
import { expectSuggestions } from '../../testing/suggestions.ts'
import { requireResponseCheckCases } from './require-response-check.cases.ts'
import { requireResponseCheck } from './require-response-check.ts'

runRuleCases(requireResponseCheck, requireResponseCheckCases)

expectSuggestions(requireResponseCheck, [
  [
    'async function f() {\n  const r = await fetch(u)\n  return r.json()\n}',
    'async function f() {\n  const r = await fetch(u)\n  if (!r.ok) throw new Error(`HTTP ${r.status}`)\n  return r.json()\n}',
  ],
  [
    'async function f() {\n\tlet r;\n\tr = await fetch(u);\n\treturn r.json();\n}',
    'async function f() {\n\tlet r;\n\tr = await fetch(u);\n\tif (!r.ok) throw new Error(`HTTP ${r.status}`);\n\treturn r.json();\n}',
  ],
  [
    'fetch(u).then((r) => r.json())',
    'fetch(u).then((r) => { if (!r.ok) throw new Error(`HTTP ${r.status}`); return r.json() })',
  ],
  [
    'fetch(u).then((r) => ({ text: r.text() }))',
    'fetch(u).then((r) => { if (!r.ok) throw new Error(`HTTP ${r.status}`); return { text: r.text() } })',
  ],
  ['async function f() { return (await fetch(u)).json() }'],
])
