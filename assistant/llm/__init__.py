"""The models: where they are, the encoder that embeds, and the language model that phrases."""
