// The app: it logs in once, early, so that the first tap need not wait.
const { logIn } = require('./utils/server');

App({
  onLaunch() {
    // A page logs in again if this fails.
    return logIn().catch(() => {});
  },
});
