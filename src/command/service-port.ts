/** The option of the targets that listen on this machine. */
import { portSetting } from './docker-options.ts';

export const PORT_VARIABLE = 'REDISDEMO_SERVICE_PORT';

export const servicePort = portSetting('--port', PORT_VARIABLE, 'port of the service on 127.0.0.1', '8000');
