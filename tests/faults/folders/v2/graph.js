export const graph = 2;
