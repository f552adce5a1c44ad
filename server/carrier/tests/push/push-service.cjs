// Runs npm's web-push-testing on a free port of the loopback, says which, and ends with its standard input: the package's
// own command goes into the background, where a test that is killed would leave it.
const Server = require("web-push-testing/src/server.js");
const { PushApiModel } = require("web-push-testing/src/PushApiModel.js");

const model = new PushApiModel();
const server = new Server(model, 0);
server.setRequestHandlers();
const listener = server._app.listen(0, "127.0.0.1", () => {
    const { port } = listener.address();
    model.notifyUrl = `http://127.0.0.1:${port}/notify/`;
    process.stdout.write(`${port}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
