// The paths of the mini program's server, which several folders of the gateway need.

/** The path of code2Session. */
export const LOGIN_PATH = '/sns/jscode2session';
/** The path of access tokens that void the last one. */
export const TOKEN_PATH = '/cgi-bin/token';
/** The path of access tokens that stay the same while they are valid. */
export const STABLE_TOKEN_PATH = '/cgi-bin/stable_token';
/** The path of phone numbers by code. */
export const PHONE_NUMBER_PATH = '/wxa/business/getuserphonenumber';

/** All of them. Their answers are JSON, and their errors have an `errcode`. */
export const MINI_PROGRAM_PATHS: ReadonlySet<string> = new Set([
  LOGIN_PATH,
  TOKEN_PATH,
  STABLE_TOKEN_PATH,
  PHONE_NUMBER_PATH,
]);
