/** What the gateway tells its operator; pino satisfies it. Fields never hold keys, prompts or answers. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
