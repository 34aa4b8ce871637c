/** The folders that people copy, and which of the others they need. */
export const folderNeeds: Readonly<Record<string, readonly string[]>> = {
  client: [],
  oauth: [],
  webhooks: [],
  jobs: [],
  inventory: ['client', 'jobs'],
  publish: ['client', 'inventory', 'jobs'],
  shipping: ['client', 'jobs'],
  orders: ['client', 'jobs'],
  'dead-letters': ['jobs'],
  seo: ['client', 'jobs'],
}
