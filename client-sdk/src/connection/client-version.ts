/** The version of this package. A bundle for browsers cannot read package.json; a test compares the two. */
export const CLIENT_VERSION = '0.1.0';
