/** What any structured logger offers: pino, bunyan and winston's `logger.log`-less methods take the fields first. */
export interface StructuredLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Used for what is critical, where there is one. */
  fatal?(fields: object, message: string): void
}
