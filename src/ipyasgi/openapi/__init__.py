"""What an app says of itself in its OpenAPI document: operations, parameters, schemas, and requests made from them."""
