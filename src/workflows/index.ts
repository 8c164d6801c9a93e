export { deployment } from './deployment';
export { environment } from './environment';
export { guardian } from './guardian';
export { pipeline } from './pipeline';
