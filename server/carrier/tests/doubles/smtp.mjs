// A mail server that misbehaves on demand: npm smtp-server, and what happens is chosen by the local part of the
// recipient (or, for MAIL, of the sender). Tells on stdout, a JSON object a line, what it was given.
// usage: node smtp.mjs NODE_MODULES '{"tls":"none|starttls|tls","key":PEM,"cert":PEM,"user":"…","password":"…"}'
import { createRequire } from "node:module";

const [modules, settings] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { SMTPServer } = require("smtp-server");
const { tls = "none", key, cert, user, password, closeIdle = false } = JSON.parse(settings ?? "{}");

const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });
const local = (address) => address.split("@")[0].split("+")[0];

let connections = 0;
const server = new SMTPServer({
  secure: tls === "tls",
  key,
  cert,
  disabledCommands: tls === "starttls" ? [] : ["STARTTLS"],
  authOptional: !user,
  allowInsecureAuth: true,
  hideSMTPUTF8: true,
  disableReverseLookup: true,
  size: 1_000_000,
  onConnect(session, done) {
    connections += 1;
    tell({ event: "connect", connections });
    done();
  },
  onAuth(auth, session, done) {
    tell({ event: "auth", method: auth.method, secure: session.secure });
    if (auth.username === user && auth.password === password) return done(null, { user });
    done(refusal(535, "5.7.8 wrong user name or password"));
  },
  onMailFrom(address, session, done) {
    switch (local(address.address)) {
      case "busy": return done(refusal(421, "4.3.2 closing, too busy"));
      case "slowdown": return done(refusal(450, "4.7.1 too many messages, slow down"));
      case "stranger": return done(refusal(550, "5.7.1 sender address rejected"));
      case "vanish": return drop(session);
      default: return done();
    }
  },
  onRcptTo(address, session, done) {
    switch (local(address.address)) {
      case "grey": return done(refusal(451, "4.7.1 greylisted, come back later"));
      case "nobody": return done(refusal(550, `5.1.1 <${address.address}> no such user here`));
      case "plain550": return done(refusal(550, "No such user here"));
      case "bare550": return done(refusal(550, "rejected"));
      case "policy": return done(refusal(550, "5.7.1 your message is not welcome"));
      case "full": return done(refusal(552, "5.2.2 mailbox full"));
      case "abroad": return done(refusal(554, "5.7.1 relay access denied"));
      case "droprcpt": return drop(session);
      case "slowrcpt": return;
      default: return done();
    }
  },
  onData(stream, session, done) {
    const to = session.envelope.rcptTo.map((address) => address.address);
    const from = session.envelope.mailFrom.address;
    const what = local(to[0]);
    if (what === "dropdata") return stream.once("data", () => drop(session));
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const raw = Buffer.concat(chunks).toString("latin1");
      tell({ event: "message", from, to, secure: session.secure, raw });
      switch (what) {
        case "dropdot": return drop(session);
        case "latetemp": return done(refusal(451, "4.3.0 could not be stored"));
        case "lateperm": return done(refusal(554, "5.6.0 content rejected"));
        case "mute": return;
        default: done(null, "queued");
      }
      if (closeIdle) setImmediate(() => drop(session));
    });
  },
});

// Cuts the line without a word.
function drop(session) {
  for (const connection of server.connections) {
    if (connection.session?.id === session.id || connection.id === session.id) {
      tell({ event: "dropped" });
      connection._socket.destroy();
      return;
    }
  }
  tell({ event: "not found" });
}

server.on("error", (error) => tell({ event: "error", text: String(error.message) }));
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`READY ${server.server.address().port}\n`);
});
