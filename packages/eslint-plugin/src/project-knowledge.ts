import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { noFacts, type KnownFile, type ProjectFacts } from '@holdfast/analysis'
import { callMapFor } from './call-map-file.ts'
import type { HoldfastSettings } from './settings.ts'

interface PackageFacts {
  readonly environment?: 'server' | 'browser'
  readonly dialect?: string
  /** Files that the package's scripts run as one-off commands, absolute. */
  readonly commands?: ReadonlySet<string>
}

interface Manifest {
  readonly modifiedMs: number
  readonly facts: PackageFacts
}

const manifests = new Map<string, Manifest>()

const BUNDLERS =
  /^(vite|webpack|parcel|react-scripts|@angular\/core|@vitejs\/.*|@vue\/cli-service|rollup-plugin-serve|snowpack|@rsbuild\/core)$/
const UI_LIBRARIES = /^(react-dom|vue|svelte|solid-js|preact|@angular\/core)$/
const SERVERS =
  /^(express|fastify|koa|hono|@hono\/node-server|@hapi\/hapi|@nestjs\/core|next|nuxt|@sveltejs\/kit|@remix-run\/node|@react-router\/node|astro|electron|apollo-server.*|@apollo\/server|graphql-yoga|socket\.io|ws|restify|h3|nitropack|elysia)$/
/** What only programs on a server need. */
const SERVER_DEPENDENCIES =
  /^(pino|winston|bunyan|log4js|@?prisma(\/client)?|typeorm|sequelize|knex|kysely|drizzle-orm|mongoose|mongodb|pg|mysql2?|better-sqlite3|redis|ioredis|bullmq|amqplib|kafkajs|nodemailer|undici|node-fetch|dotenv|execa|glob|fast-glob|fs-extra|sharp|@aws-sdk\/.*|@google-cloud\/.*|@azure\/.*|@opentelemetry\/sdk-node)$/
const DIALECTS = ['pino', 'bunyan', 'winston']

/** What the nearest package.json says: a browser bundler without any server is a browser project. */
function packageFactsFor(folder: string): PackageFacts {
  const file = path.join(folder, 'package.json')
  const modifiedMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  if (modifiedMs === undefined) {
    const above = path.dirname(folder)
    return above === folder ? {} : packageFactsFor(above)
  }
  const known = manifests.get(file)
  // An editor lives longer than what a package says of itself.
  if (known?.modifiedMs === modifiedMs) return known.facts
  const facts = readPackage(file)
  manifests.set(file, { modifiedMs, facts })
  return facts
}

function readPackage(file: string): PackageFacts {
  let manifest: Record<string, unknown>
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    // One that cannot be read, or is just being written, says nothing.
    return {}
  }
  const names = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((key) =>
    Object.keys((manifest[key] as object | undefined) ?? {}),
  )
  const isForBrowsers =
    names.some((name) => UI_LIBRARIES.test(name)) ||
    (buildsWithVite(manifest['scripts']) && !names.some((name) => SERVER_DEPENDENCIES.test(name)))
  const isBundled =
    isForBrowsers &&
    names.some((name) => BUNDLERS.test(name)) &&
    !names.some((name) => SERVERS.test(name)) &&
    manifest['bin'] === undefined
  const isBrowser = isBundled || (names.includes('nuxt') && rendersInBrowser(path.dirname(file)))
  const dialects = DIALECTS.filter((name) => names.includes(name))
  return {
    ...(isBrowser ? { environment: 'browser' as const } : {}),
    ...(dialects.length === 1 && dialects[0] !== undefined ? { dialect: dialects[0] } : {}),
    commands: commandsOf(manifest['scripts'], path.dirname(file)),
  }
}

/** `vite build`, which makes code for browsers unless it is told otherwise. */
function buildsWithVite(scripts: unknown): boolean {
  return linesOf(scripts).some(([, line]) => /\bvite build\b(?!.*--ssr)/.test(line))
}

function linesOf(scripts: unknown): (readonly [name: string, line: string])[] {
  const entries = typeof scripts === 'object' && scripts !== null ? Object.entries(scripts) : []
  return entries.flatMap(([name, line]) => (typeof line === 'string' ? [[name, line] as const] : []))
}

const NUXT_CONFIG = ['nuxt.config.ts', 'nuxt.config.js', 'nuxt.config.mjs']

/** A Nuxt project that renders nothing on its server. */
function rendersInBrowser(folder: string): boolean {
  return NUXT_CONFIG.map((name) => path.join(folder, name)).some(
    (file) => existsSync(file) && /^\s*ssr:\s*false\b/m.test(readFileSync(file, 'utf8')),
  )
}

const LASTING_SCRIPT = /(^|\W)(start|dev|develop|serve|server|preview|watch|prod|production|workers?|api|apps?)(\W|$)/
const RUN = /\b(?:node|tsx|ts-node|bun|jiti)\s+(?:[^\s&|;]+\s+)*?([\w./@-]+\.[cm]?[jt]s)(?=\s|$|;)/g

/** What scripts such as `"build": "node ./replace.mjs"` run; a script named like a server or worker lasts. */
function commandsOf(scripts: unknown, folder: string): ReadonlySet<string> {
  return new Set(
    linesOf(scripts).flatMap(([name, line]) =>
      LASTING_SCRIPT.test(name) ? [] : Array.from(line.matchAll(RUN), ([, file = '']) => path.resolve(folder, file)),
    ),
  )
}

/** Everything known about a file from outside it: settings, its package, and the call map when it is fresh. */
export function factsFor(
  filename: string,
  cwd: string,
  text: string,
  settings: HoldfastSettings,
  file?: KnownFile,
): { path: string; facts: ProjectFacts } {
  const absolute = path.isAbsolute(filename)
  const relative = absolute ? path.relative(cwd, filename).split(path.sep).join('/') : filename
  const fromPackage = absolute ? packageFactsFor(path.dirname(filename)) : {}
  const fromMap =
    file && settings.callMap === undefined ? file.mapped : mappedFacts(settings.callMap, cwd, relative, text)
  const configured = Object.entries(settings.environment ?? {}).find(([glob]) =>
    path.posix.matchesGlob(relative, glob),
  )?.[1]
  const environment = fromMap?.environment ?? fromPackage.environment
  const dialect = settings.loggerDialect ?? fromPackage.dialect
  return {
    path: relative,
    facts: {
      ...noFacts,
      ...fromMap,
      ...(environment ? { environment } : {}),
      ...(fromPackage.commands?.has(filename) ? { isOneOff: true } : {}),
      ...(configured ? { configuredEnvironment: configured } : {}),
      ...(dialect ? { loggerDialect: dialect } : {}),
      ...(settings.loggerDialect ? { configuredDialect: settings.loggerDialect } : {}),
      userWrappers: settings.wrappers ?? [],
      retryOwners: settings.retryOwners ?? [],
      loggers: (settings.loggers ?? []).map((entry) => (typeof entry === 'string' ? { name: entry } : entry)),
      userClients: (settings.clients ?? []).map((entry) => (typeof entry === 'string' ? { name: entry } : entry)),
    },
  }
}

function mappedFacts(
  callMap: HoldfastSettings['callMap'] = '.holdfast/call-map.json',
  cwd: string,
  relative: string,
  text: string,
): Partial<ProjectFacts> | undefined {
  return callMap === false ? undefined : callMapFor(path.resolve(cwd, callMap), relative, text)
}
