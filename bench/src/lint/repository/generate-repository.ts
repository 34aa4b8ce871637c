import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { domainFile } from './domain-file.ts'
import { SeededChoice } from './seeded-choice.ts'
import { serviceFile, sharedModules } from './service-file.ts'
import { componentFile, jobFile, routeFile, testFile } from './surface-files.ts'

const FILES_PER_PACKAGE = 90

const packageNames = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `area${index}`)

/** The files of one workspace package, by path below it. */
function packageFiles(
  choice: SeededChoice,
  name: string,
  count: number,
  others: readonly string[],
): Map<string, string> {
  const files = new Map<string, string>()
  for (const [path, text] of Object.entries(sharedModules(name))) files.set(`src/${path}`, text)
  const services: string[] = []
  for (let number = 1; files.size < count; number += 1) {
    const kind = choice.between(1, 100)
    if (kind <= 27) {
      const folder = choice.oneOf(['services', 'services/remote'])
      const up = folder === 'services' ? '../' : '../../'
      services.push(`../${folder}/service-${number}.js`)
      files.set(`src/${folder}/service-${number}.ts`, serviceFile(choice, number, name, up))
    } else if (kind <= 52) files.set(`src/components/table-${number}.tsx`, componentFile(choice, number))
    else if (kind <= 78) files.set(`src/domain/model-${number}.ts`, domainFile(choice, number))
    else if (kind <= 88) files.set(`src/routes/route-${number}.ts`, routeFile(choice, number, services))
    else if (kind <= 94) files.set(`src/jobs/job-${number}.cjs`, jobFile(choice, number))
    else {
      const subject = services.at(-1) ?? '../index.js'
      files.set(`src/tests/case-${number}.test.ts`, testFile(choice, subject))
    }
  }
  const neighbour = others[choice.between(0, others.length - 1)] ?? name
  const from = neighbour === name ? './instances.js' : `@shop/${neighbour}`
  files.set(
    'src/http/neighbour.ts',
    `import { ${neighbour}Api } from '${from}'\n\nexport const neighbours = () => ${neighbour}Api.get('/all')\n`,
  )
  return files
}

/**
 * Writes a monorepo of about `fileCount` source files with workspaces, tsconfig paths, classes over remote APIs, React
 * components, routes, CommonJS jobs and tests. The same numbers always give the same text.
 *
 * @returns the number of files and lines of code
 */
export function generateRepository(root: string, fileCount: number, seed = 1): { files: number; lines: number } {
  const choice = new SeededChoice(seed)
  const names = packageNames(Math.max(1, Math.round(fileCount / FILES_PER_PACKAGE)))
  const written = { files: 0, lines: 0 }
  const write = (path: string, text: string): void => {
    const target = join(root, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
  for (const [index, name] of names.entries()) {
    const count = Math.floor((fileCount * (index + 1)) / names.length) - Math.floor((fileCount * index) / names.length)
    for (const [path, text] of packageFiles(choice, name, count - 1, names)) {
      write(`packages/${name}/${path}`, text)
      written.files += 1
      written.lines += text.split('\n').length
    }
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@shop/${name}`, dependencies: { express: '5' } }))
  }
  const paths = Object.fromEntries(names.map((name) => [`@shop/${name}`, [`./packages/${name}/src/index.ts`]]))
  write('tsconfig.json', JSON.stringify({ compilerOptions: { jsx: 'preserve', paths } }))
  write('package.json', JSON.stringify({ name: 'shop', private: true, type: 'module', workspaces: ['packages/*'] }))
  return written
}
