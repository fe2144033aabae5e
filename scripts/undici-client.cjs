// The part of undici that the command uses: its agent and `request`. The rest (fetch, WebSocket, caches, mocks) would
// be parsed at every start for nothing. undici's own index puts `request` on its dispatchers in the same way.

const Dispatcher = require('undici/lib/dispatcher/dispatcher');

Dispatcher.prototype.request = require('undici/lib/api/api-request');
exports.Agent = require('undici/lib/dispatcher/agent');
