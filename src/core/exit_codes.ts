/**
 * Every exit code of the program. Usage errors are general errors: 2 is for authentication alone.
 */
export const ExitCode = {
  ok: 0,
  general: 1,
  notAuthenticated: 2,
  notLinked: 3,
  notFound: 4,
  permissionDenied: 5,
  interrupted: 130,
} as const;

export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** The exit code that stands for an HTTP status of the platform or a backend. */
export function exitCodeForStatus(status: number): ExitCode {
  switch (status) {
    case 401:
      return ExitCode.notAuthenticated;
    case 403:
      return ExitCode.permissionDenied;
    case 404:
      return ExitCode.notFound;
    default:
      return ExitCode.general;
  }
}
