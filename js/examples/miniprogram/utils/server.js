// The calls of the shop's server, for all pages. Each has the token of the log-in.
const { SERVER } = require('./config');

/** The promise of the token. The openid stays on the server. */
let token;

/** Logs in: the code of wx.login becomes a token. */
function logIn() {
  token = promised('login')
    .then(({ code }) => send('/login', 'POST', { code }))
    .then((answer) => read(answer).token);
  token.catch(() => {
    token = undefined;
  });
  return token;
}

/** Asks the server, and logs in again if it has forgotten the token. Rejects with a text for the payer. */
async function ask(path, method = 'GET', data = undefined) {
  let answer = await send(path, method, data, await (token || logIn()));
  if (answer.statusCode === 401) answer = await send(path, method, data, await logIn());
  return read(answer);
}

function read({ statusCode, data }) {
  if (statusCode === 200) return data;
  throw new Error(Object(data).error || '服务器没有应答，请稍后再试');
}

function send(path, method, data, key) {
  const header = key ? { authorization: `Bearer ${key}` } : {};
  return promised('request', { url: SERVER + path, method, data, header, timeout: 10000 });
}

/** A call of `wx` as a promise. */
function promised(name, options = {}) {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error('网络不通，请稍后再试'));
    wx[name](Object.assign({}, options, { success: resolve, fail }));
  });
}

module.exports = { ask, logIn };
