// Signatures made and checked by the providers' own libraries (npm twilio, svix, standardwebhooks, @sendgrid/eventwebhook) and
// by Node's crypto. `node vectors.mjs FOLDER` with FOLDER/node_modules; a JSON list of jobs comes on stdin, the list of their
// results goes to stdout.
import crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(path.resolve(process.argv[2]), "index.js"));
const utf8 = (base64) => Buffer.from(base64, "base64").toString("utf8");

function holds(check) {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

const jobs = {
  now: () => Date.now(),

  twilio_sign({ token, url, params, body }) {
    const twilio = require("twilio");
    return twilio.getExpectedTwilioSignature(token, url, body === undefined ? params : null);
  },
  twilio_hash: ({ body }) => require("twilio").getExpectedBodyHash(body),
  twilio_check({ token, url, params, body, signature }) {
    const twilio = require("twilio");
    return body === undefined
      ? twilio.validateRequest(token, signature, url, params)
      : twilio.validateRequestWithBody(token, signature, url, body);
  },

  sendgrid_sign({ body, timestamp }) {
    const { EventWebhook } = require("@sendgrid/eventwebhook");
    const { publicKey, privateKey } = crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const payload = utf8(body);
    const signature = crypto.sign("sha256", Buffer.from(timestamp + payload), privateKey).toString("base64");
    const key = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const theirs = new EventWebhook();
    const isAccepted = theirs.verifySignature(theirs.convertPublicKeyToECDSA(key), payload, signature, timestamp);
    return { key, pem: publicKey.export({ type: "spki", format: "pem" }), signature, isAccepted };
  },

  svix_sign({ secret, id, seconds, body }) {
    const { Webhook } = require("svix");
    return new Webhook(secret).sign(id, new Date(seconds * 1000), utf8(body));
  },
  svix_check({ secret, headers, body }) {
    const { Webhook } = require("svix");
    return holds(() => new Webhook(secret).verify(utf8(body), headers));
  },
  standard_sign({ secret, id, seconds, body }) {
    const { Webhook } = require("standardwebhooks");
    return new Webhook(secret).sign(id, new Date(seconds * 1000), utf8(body));
  },
  standard_check({ secret, headers, body }) {
    const { Webhook } = require("standardwebhooks");
    return holds(() => new Webhook(secret).verify(utf8(body), headers));
  },
  ed25519_sign({ id, seconds, body }) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync("ed25519");
    const signed = Buffer.concat([Buffer.from(`${id}.${seconds}.`), Buffer.from(body, "base64")]);
    const der = publicKey.export({ type: "spki", format: "der" });
    return {
      key: "whpk_" + der.subarray(-32).toString("base64"),
      signature: "v1a," + crypto.sign(null, signed, privateKey).toString("base64"),
    };
  },

  hmac: ({ algorithm, secret, body, encoding }) =>
    crypto.createHmac(algorithm, secret).update(Buffer.from(body, "base64")).digest(encoding),

  // By the rule of SNS: name and value of each signed field, a line each.
  sns_sign({ envelope, key }) {
    const names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    const text = names.filter((name) => name in envelope).map((name) => `${name}\n${envelope[name]}\n`).join("");
    const algorithm = envelope.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
    return crypto.sign(algorithm, Buffer.from(text), readFileSync(key)).toString("base64");
  },
};

const input = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(input.map(({ job, ...rest }) => jobs[job](rest))));
