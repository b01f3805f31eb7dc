// The output of `paysign gateway --help`.

import { CALL_FAULTS, NOTICE_FAULTS } from '../testing/index.js';

/** A name as flags have it: `reset-after` for `resetAfter`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The whole text. */
export const GATEWAY_HELP = `paysign gateway: a local WeChat Pay, with a page to pay on

Usage: paysign gateway [options]

  --port <number>         where to listen, on 127.0.0.1 only; 8080, 0 for any free port
  --backup-port <number>  listen there too, as the backup host of the same books
  --tls                   speak HTTPS, with a certificate authority made at the start
  --certificates <folder> with --tls: where to write ca.pem and the merchants' certificates; a temporary folder
  --merchant <appid:mch_id:key[:secret]>
                          who may call; may be repeated; a test merchant, which is printed
  --allow-origin <origin> whose pages may call from a browser, such as http://localhost:3000; may be repeated
  --allow-notify-host <host[:port]>
                          where notices may go beside this machine, such as shop.test; may be repeated
  --seed <text>           repeats ids and faults; by default a new one, which is printed
  --clock-skew <time>     how far the gateway's clock is ahead: 90s, 5m, 2h; behind: --clock-skew=-90s
  --fault <name>=<share>  how often a fault happens, 0 to 1; may be repeated
  --delay <from>-<to>     how long the fault delay takes, in milliseconds; 50-2000
  --notice-late <from>-<to>
                          how much later the fault notice-late comes, in milliseconds; 1000-60000
  --outage <every>/<for>  how often the main port goes down, and how long: 60s/10s
  --quiet                 do not print what happens

Faults of calls:   ${CALL_FAULTS.map(flagName).join(', ')}
Faults of notices: ${NOTICE_FAULTS.map(flagName).join(', ')}

Examples:
  paysign gateway
  paysign gateway --tls --merchant wx8888888888888888:1900000109:0123456789abcdef0123456789ABCDEF
  paysign gateway --seed 7 --fault reset-after=0.05 --fault notice-duplicated=0.2 --outage 60s/10s --backup-port 8081
`;
