// Which of our packages the source of a package may import (tests may also use @holdfast/fault-server).
// ESLint reports a wrong package import in the editor; .dependency-cruiser.js checks the resolved files.
/** @type {Record<string, string[]>} */
export const mayImport = {
  core: [],
  'fault-server': [],
  'axios-interceptor': ['core'],
  'ky-hooks': ['core'],
  stores: ['core'],
  devtools: ['core'],
  'dead-letter': ['core', 'stores'],
  analysis: [],
  'eslint-plugin': ['analysis'],
  scan: ['analysis', 'eslint-plugin'],
  cli: ['core', 'scan', 'stores', 'dead-letter'],
}
