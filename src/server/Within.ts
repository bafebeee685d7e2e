import { type Context, Effect, Layer } from "effect"

/**
 * Builds a layer within less than there is. A request's fiber carries along what the server was built within, and for
 * every request the library copies that, and what the handler's layer was built within: both should be little.
 */
export const within = <A, E, R>(
  less: (context: Context.Context<R>) => Context.Context<R>,
  layer: Layer.Layer<A, E, R>
): Layer.Layer<A, E, R> =>
  Layer.fromBuild((memoMap, scope) => Effect.updateContext(Layer.buildWithMemoMap(layer, memoMap, scope), less))
