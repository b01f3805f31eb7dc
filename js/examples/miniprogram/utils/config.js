// The settings of the mini program. No key belongs here: everybody can read a mini program.
module.exports = {
  /** The address of server.mjs. It must be in the list 服务器域名 of the mini program. */
  SERVER: 'https://shop.example.com',
};
