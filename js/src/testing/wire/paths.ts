// The paths that several rooms of the gateway know.

/** Where code2Session is asked. */
export const LOGIN_PATH = '/sns/jscode2session';
