// The output of `paysign gateway --help`.

import { CALL_FAULTS, NOTICE_FAULTS } from '../testing/index.js';

/** A name as flags have it: `reset-after` for `resetAfter`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The whole text. */
export const GATEWAY_HELP = `paysign gateway: a local WeChat Pay, with a page to pay on

Usage: paysign gateway [options]

  --port <number>         port on 127.0.0.1; 0 for any free port; default 8080
  --backup-port <number>  second port, for the backup host; it has the same orders
  --tls                   use HTTPS; a certificate authority is made at the start
  --certificates <folder> folder for ca.pem and the merchants' certificates; needs --tls; default a temporary folder
  --merchant <appid:mch_id:key[:secret]>
                          who may call; may be repeated; a test merchant, which is printed
  --api-v3-key <mch_id:key>
                          the APIv3 key of a merchant, which then needs no other key: appid:mch_id; may be repeated
  --key-phase <phase>     which of WeChat Pay's keys signs APIv3: public-key, certificate, obtained, switching; default public-key
  --keys <folder>         folder for key files, for clients in any language: apiclient_key.pem and apiclient_cert.pem of each
                          mch_id, pub_key.pem, pub_key_id.txt, wechatpay_<serial>.pem, ca.pem; new ones at each start
  --allow-origin <origin> whose pages may call from a browser, such as http://localhost:3000; may be repeated
  --allow-notify-host <host[:port]>
                          allow notices to this host, such as shop.test; repeatable; default this machine only
  --seed <text>           make the same ids and faults again; default a new seed, which is printed
  --clock-skew <time>     set the gateway's clock ahead: 90s, 5m, 2h; or back: --clock-skew=-90s
  --fault <name>=<share>  let this share of calls or notices fail, from 0 to 1; repeatable
  --delay <from>-<to>     length of the fault delay, in milliseconds; default 50-2000
  --notice-late <from>-<to>
                          length of the fault notice-late, in milliseconds; default 1000-60000
  --outage <every>/<for>  stop the main port regularly, such as 60s/10s: every 60 seconds, for 10 seconds
  --quiet                 print no events

Faults of calls:   ${CALL_FAULTS.map(flagName).join(', ')}
Faults of notices: ${NOTICE_FAULTS.map(flagName).join(', ')}

Examples:
  paysign gateway
  paysign gateway --tls --merchant wx8888888888888888:1900000109:0123456789abcdef0123456789ABCDEF
  paysign gateway --seed 7 --fault reset-after=0.05 --fault notice-duplicated=0.2 --outage 60s/10s --backup-port 8081
`;
