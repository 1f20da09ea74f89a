/** The exit codes of every command. They are promised to scripts and must never change their meaning. */
export const EXIT_CODES = {
  /** Everything went well; also after SIGTERM. */
  clean: 0,
  /** The command ran and found failures. */
  failures: 1,
  /** Wrong flags, values or configuration. */
  usage: 2,
  /** The machine got in the way: a port in use, a file that cannot be read. */
  infrastructure: 3,
  /** Interrupted with Ctrl-C. */
  interrupted: 130,
} as const;
