import { posix } from 'node:path'
import type { SourceFile } from 'ts-morph'
import type { CodemodInput } from './codemod.ts'
import { endsStatements } from './source-edits.ts'

/** Names that say nothing of the service behind an instance. */
const GENERAL =
  /^(this instance|api|client|http|https|instance|axios|ky|request|fetcher|service|default|module|exports)$/i

/** A name for the service behind a host or an instance: `api.shop-example.com` is `shopExample`. */
export function serviceName(host: string | undefined, instance: string): string {
  const own = instance.split('.').at(-1)?.replace(/^#/, '') ?? ''
  if (host === undefined || (host.startsWith('$') && !GENERAL.test(own) && own !== ''))
    return camel(GENERAL.test(own) || own === '' ? 'upstream' : own)
  const words = host.startsWith('$')
    ? host.slice(1).replace(/_(API|URL|URI|BASE|HOST|ENDPOINT)(?=_|$)/gi, '')
    : (host
        .replace(/:\d+$/, '')
        .split('.')
        .filter((part, index, parts) => index < Math.max(1, parts.length - 1) && !/^(www|api|rest)$/.test(part))
        .at(-1) ?? host)
  return camel(/^\d/.test(words) ? `host-${words}` : words)
}

function camel(text: string): string {
  const words = text.toLowerCase() === text || text.toUpperCase() === text ? text.toLowerCase() : text
  const joined = words.replace(
    /[^A-Za-z0-9]+(\w)?/g,
    (_whole, letter: string | undefined) => letter?.toUpperCase() ?? '',
  )
  return joined.charAt(0).toLowerCase() + joined.slice(1)
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

export interface NewModule {
  readonly file: string
  readonly text: string
  /** How the other file imports it. */
  readonly specifier: string
}

/** A module beside a file, in its language and style. `lines` are statements without semicolons. */
export function moduleBeside(
  input: CodemodInput,
  source: SourceFile,
  file: string,
  name: string,
  lines: readonly string[],
): NewModule {
  const extension = /\.(m|c)?(j|t)s/.exec(posix.extname(file).replace('x', ''))?.[0] ?? '.js'
  const target = posix.join(posix.dirname(file), `${kebab(name)}${extension}`)
  const semicolon = endsStatements(source.getFullText()) ? ';' : ''
  const quote = /from "/.test(source.getFullText()) ? '"' : "'"
  const text = lines
    .map((line) => (line === '' ? '' : `${line}${semicolon}`))
    .join('\n')
    .replaceAll("'", quote)
  return { file: target, text: `${text}\n`, specifier: `./${kebab(name)}${importExtension(input, source, extension)}` }
}

/** The ending that relative imports have here. */
function importExtension(input: CodemodInput, source: SourceFile, extension: string): string {
  if (/js$/.test(extension)) return extension
  const relative = (declared: SourceFile): string[] =>
    declared.getImportDeclarations().flatMap((declaration) => {
      const specifier = declaration.getModuleSpecifierValue()
      return specifier.startsWith('.') ? [posix.extname(specifier)] : []
    })
  const own = relative(source)
  if (own.some((ending) => /^\.[cm]?ts$/.test(ending))) return extension
  if (own.some((ending) => /^\.[cm]?js$/.test(ending))) return extension.replace('t', 'j')
  if (own.length > 0) return ''
  const others = input.files.flatMap(
    ({ path }) => input.textOf(path).match(/from ['"]\.{1,2}\/[^'"]*\.[cm]?[jt]s['"]/g) ?? [],
  )
  if (others.some((statement) => /ts['"]$/.test(statement))) return extension
  if (others.length > 0) return extension.replace('t', 'j')
  // Nothing to go by: Node wants an ending, bundlers take none.
  const settings = ['tsconfig.json', 'package.json']
    .map((name) => (input.exists(name) ? input.textOf(name) : ''))
    .join('\n')
  if (/"allowImportingTsExtensions"\s*:\s*true/.test(settings)) return extension
  return /"(module|moduleResolution)"\s*:\s*"node(next|16|18|20)"/i.test(settings) ? extension.replace('t', 'j') : ''
}
