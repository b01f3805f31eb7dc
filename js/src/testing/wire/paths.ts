// The paths that several rooms of the gateway know: those of the mini program's own server.

/** Where code2Session is asked. */
export const LOGIN_PATH = '/sns/jscode2session';
/** Where an access token is fetched that voids the one before. */
export const TOKEN_PATH = '/cgi-bin/token';
/** Where an access token is fetched that stays the same while it is good. */
export const STABLE_TOKEN_PATH = '/cgi-bin/stable_token';
/** Where a phone number is fetched by its code. */
export const PHONE_NUMBER_PATH = '/wxa/business/getuserphonenumber';

/** All of them. Their answers are JSON, and their errors have an `errcode`. */
export const MINI_PROGRAM_PATHS: ReadonlySet<string> = new Set([
  LOGIN_PATH,
  TOKEN_PATH,
  STABLE_TOKEN_PATH,
  PHONE_NUMBER_PATH,
]);
