import { app } from '@azure/functions';

app.storageQueue('takes', { queueName: 'work', connection: process.env.CONNECTION ?? '', handler: () => {} });
