/** Where a vendor's OpenAI-compatible endpoint is, and the variable that usually holds its key. */
export interface Vendor {
  readonly upstream: string;
  readonly apiKeyEnv?: string;
}

/** Vendors are rows. Local servers take no key. */
export const vendors = {
  anthropic: { upstream: 'https://api.anthropic.com/v1', apiKeyEnv: 'ANTHROPIC_API_KEY' },
  cerebras: { upstream: 'https://api.cerebras.ai/v1', apiKeyEnv: 'CEREBRAS_API_KEY' },
  deepinfra: { upstream: 'https://api.deepinfra.com/v1/openai', apiKeyEnv: 'DEEPINFRA_API_KEY' },
  deepseek: { upstream: 'https://api.deepseek.com/v1', apiKeyEnv: 'DEEPSEEK_API_KEY' },
  fireworks: { upstream: 'https://api.fireworks.ai/inference/v1', apiKeyEnv: 'FIREWORKS_API_KEY' },
  google: {
    upstream: 'https://generativelanguage.googleapis.com/v1beta/openai',
    apiKeyEnv: 'GEMINI_API_KEY',
  },
  groq: { upstream: 'https://api.groq.com/openai/v1', apiKeyEnv: 'GROQ_API_KEY' },
  lmstudio: { upstream: 'http://127.0.0.1:1234/v1' },
  mistral: { upstream: 'https://api.mistral.ai/v1', apiKeyEnv: 'MISTRAL_API_KEY' },
  ollama: { upstream: 'http://127.0.0.1:11434/v1' },
  openai: { upstream: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY' },
  openrouter: { upstream: 'https://openrouter.ai/api/v1', apiKeyEnv: 'OPENROUTER_API_KEY' },
  together: { upstream: 'https://api.together.xyz/v1', apiKeyEnv: 'TOGETHER_API_KEY' },
  vllm: { upstream: 'http://127.0.0.1:8000/v1' },
  xai: { upstream: 'https://api.x.ai/v1', apiKeyEnv: 'XAI_API_KEY' },
} as const satisfies Record<string, Vendor>;

export type VendorName = keyof typeof vendors;
