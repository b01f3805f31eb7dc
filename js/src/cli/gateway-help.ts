// The output of `paysign gateway --help`.

import type { Text } from './language.js';
import { testing } from './packages.js';

const { CALL_FAULTS, NOTICE_FAULTS } = testing();

/** A name as flags have it: `reset-after` for `resetAfter`. */
export function flagName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const ENGLISH = `paysign gateway: a local WeChat Pay, with a page to pay on

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
  --json                  print JSON, a line for the start and for each event
  --lang <en|zh>          language of this help; default by the locale

Faults of calls:   ${CALL_FAULTS.map(flagName).join(', ')}
Faults of notices: ${NOTICE_FAULTS.map(flagName).join(', ')}

Examples:
  paysign gateway
  paysign gateway --tls --merchant wx8888888888888888:1900000109:0123456789abcdef0123456789ABCDEF
  paysign gateway --seed 7 --fault reset-after=0.05 --fault notice-duplicated=0.2 --outage 60s/10s --backup-port 8081
`;

const CHINESE = `paysign gateway：本机的微信支付，带付款页面

用法：paysign gateway [选项]

  --port <number>         127.0.0.1 的端口；0 表示任意空闲端口；默认 8080
  --backup-port <number>  第二个端口，作为备用域名；订单相同
  --tls                   使用 HTTPS；启动时生成证书机构
  --certificates <folder> 存放 ca.pem 与商户证书的目录；需要 --tls；默认临时目录
  --merchant <appid:mch_id:key[:secret]>
                          可调用的商户；可重复；默认测试商户，启动时显示
  --api-v3-key <mch_id:key>
                          商户的 APIv3 密钥；此时可只写 appid:mch_id；可重复
  --key-phase <phase>     APIv3 用哪种微信支付密钥签名：public-key, certificate, obtained, switching；默认 public-key
  --keys <folder>         存放密钥文件的目录，供任何语言使用；每次启动重新生成
  --allow-origin <origin> 允许哪些网页调用，例如 http://localhost:3000；可重复
  --allow-notify-host <host[:port]>
                          允许通知发往此主机，例如 shop.test；可重复；默认仅本机
  --seed <text>           重现同样的编号与故障；默认新的种子，启动时显示
  --clock-skew <time>     调快网关时钟：90s, 5m, 2h；调慢：--clock-skew=-90s
  --fault <name>=<share>  让这一比例的调用或通知失败，0 到 1；可重复
  --delay <from>-<to>     故障 delay 的时长（毫秒）；默认 50-2000
  --notice-late <from>-<to>
                          故障 notice-late 的时长（毫秒）；默认 1000-60000
  --outage <every>/<for>  主端口定期停止，例如 60s/10s：每 60 秒停 10 秒
  --quiet                 不输出事件
  --json                  输出 JSON，启动与每个事件各一行
  --lang <en|zh>          本帮助的语言；默认取决于系统区域

调用的故障：${CALL_FAULTS.map(flagName).join(', ')}
通知的故障：${NOTICE_FAULTS.map(flagName).join(', ')}

示例：
  paysign gateway
  paysign gateway --tls --merchant wx8888888888888888:1900000109:0123456789abcdef0123456789ABCDEF
  paysign gateway --seed 7 --fault reset-after=0.05 --fault notice-duplicated=0.2 --outage 60s/10s --backup-port 8081
`;

/** The whole text in each language. */
export const GATEWAY_HELP: Text = { en: ENGLISH, zh: CHINESE };
