// npm's standardwebhooks as the other side. First argument: a file in the folder of packages; then "sign" or
// "verify". Reads JSON on standard input: secret, body, and headers to verify, or id and time to sign.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2]);
const { Webhook } = require("standardwebhooks");
const given = JSON.parse(readFileSync(0, "utf8"));
const hook = new Webhook(given.secret);
const act = {
  sign: () => ({ signature: hook.sign(given.id, new Date(given.time * 1000), given.body) }),
  verify: () => {
    try {
      return { verified: hook.verify(given.body, given.headers) };
    } catch (error) {
      return { refused: error.message };
    }
  },
};
console.log(JSON.stringify(act[process.argv[3]]()));
