//! What every function's main needs: configuration, clients, tracing, HTTP middleware, batch loop.
