/** Fails on text that must not be in the repository: paths of a machine, registry hosts, download addresses in lock files. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { repositoryFiles } from './lib/repository-files.ts'
import { root } from './lib/workspace.ts'

interface Rule {
  pattern: RegExp
  why: string
  only?: RegExp
  except?: RegExp
}

const rules: Rule[] = [
  {
    pattern: /(?<![\w.:/-])\/(?:[h]ome|[r]oot|[U]sers|[w]ork)\/[\w.-]+/,
    why: 'a path of one machine: use a path relative to the repository',
  },
  {
    pattern: /\.\.\/[s]hared\b/,
    why: 'a folder beside the checkout: the repository stands alone (.ci/run is the one exception)',
    except: /^\.ci\/run$/,
  },
  {
    pattern: /\b(?:registry|repo)\.[\w-]+\.(?:org|com|io|dev)\b/,
    why: "the host of a package registry: which one is used is the machine's business",
  },
  {
    pattern: /\btarball:|"?resolved"?:\s*"?https?:|\{[^}]*https?:[^}]*\}/,
    why: 'a download address: reinstall without lockfileIncludeTarballUrl',
    only: /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|yarn\.lock)$/,
  },
]

let found = 0
for (const file of repositoryFiles()) {
  const bytes = readFileSync(path.join(root, file))
  if (bytes.includes(0)) continue
  const applicable = rules.filter(({ only, except }) => (only?.test(file) ?? true) && !(except?.test(file) ?? false))
  for (const [index, line] of bytes.toString('utf8').split('\n').entries()) {
    for (const { pattern, why } of applicable) {
      const match = pattern.exec(line)
      if (!match) continue
      found += 1
      console.error(`${file}:${index + 1}: "${match[0].trim().slice(0, 80)}" is ${why}`)
    }
  }
}
if (found > 0) process.exitCode = 1
