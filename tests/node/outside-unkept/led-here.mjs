// The redirection of WeChat's host to the local gateway, for clients that have a fixed host.
import tls from 'node:tls';

/**
 * From now on a connection to WeChat's host is one to the gateway. The client asks for WeChat's name, and checks the certificate
 * for it.
 * @param {string} host the gateway's address
 */
export function leadHere(host) {
  const { hostname, port } = new URL(host);
  const { connect } = tls;
  tls.connect = (/** @type {any} */ options, /** @type {any[]} */ ...rest) => {
    if (options?.host !== 'api.mch.weixin.qq.com') throw new Error(`a client asked for ${options?.host}`);
    return connect({ ...options, servername: options.host, host: hostname, port: Number(port) }, ...rest);
  };
}
