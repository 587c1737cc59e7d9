// What Spark's JDBC sink does with a file (org.apache.spark.sql.execution.datasources.jdbc.JdbcUtils.savePartition,
// defaults): a prepared single-row INSERT, addBatch, executeBatch after 1,000 rows, one commit at the end of the partition;
// two partitions at a time. With the PostgreSQL JDBC driver's defaults, unless the URL says otherwise
// (reWriteBatchedInserts=true). Fields go into the columns that the header names, in the types of the table.
// Usage: java -cp postgresql.jar JdbcSink.java URL TABLE FILE...
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public final class JdbcSink {
    static final int BATCH_SIZE = 1000;

    public static void main(String[] args) throws Exception {
        var threads = Executors.newFixedThreadPool(2);
        List<Callable<Void>> partitions = new ArrayList<>();
        for (String file : Arrays.copyOfRange(args, 2, args.length)) partitions.add(() -> save(args[0], args[1], Path.of(file)));
        for (Future<Void> done : threads.invokeAll(partitions)) done.get();
        threads.shutdown();
    }

    static Void save(String url, String table, Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection(url); var lines = Files.newBufferedReader(file)) {
            connection.setAutoCommit(false);
            String columns = lines.readLine();
            int[] types = types(connection, table, columns);
            String values = String.join(", ", java.util.Collections.nCopies(types.length, "?"));
            String sql = "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ")";
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                int rows = 0;
                for (String line; (line = lines.readLine()) != null;) {
                    List<String> fields = split(line);
                    for (int i = 0; i < types.length; i++) set(insert, i + 1, types[i], fields.get(i));
                    insert.addBatch();
                    if (++rows % BATCH_SIZE == 0) insert.executeBatch();
                }
                if (rows % BATCH_SIZE > 0) insert.executeBatch();
            }
            connection.commit();
        }
        return null;
    }

    static int[] types(Connection connection, String table, String columns) throws Exception {
        try (var query = connection.prepareStatement("SELECT " + columns + " FROM " + table + " LIMIT 0")) {
            ResultSetMetaData about = query.getMetaData();
            int[] types = new int[about.getColumnCount()];
            // The driver calls timestamptz a timestamp, and boolean a bit.
            for (int i = 0; i < types.length; i++) types[i] = about.getColumnType(i + 1);
            return types;
        }
    }

    static void set(PreparedStatement insert, int i, int type, String text) throws Exception {
        if (text.isEmpty()) insert.setNull(i, type);
        else switch (type) {
            case Types.INTEGER -> insert.setInt(i, Integer.parseInt(text));
            case Types.BIGINT -> insert.setLong(i, Long.parseLong(text));
            case Types.NUMERIC -> insert.setBigDecimal(i, new BigDecimal(text));
            case Types.DOUBLE -> insert.setDouble(i, Double.parseDouble(text));
            case Types.BIT, Types.BOOLEAN -> insert.setBoolean(i, text.startsWith("t"));
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> insert.setTimestamp(i, Timestamp.from(instant(text)));
            case Types.OTHER -> insert.setObject(i, text, Types.OTHER); // jsonb
            default -> insert.setString(i, text);
        }
    }

    /** ISO 8601, or as PostgreSQL writes it: 2025-01-01 00:00:00.097+00. */
    static java.time.Instant instant(String text) {
        String iso = text.replace(' ', 'T');
        return OffsetDateTime.parse(iso.charAt(iso.length() - 3) == '+' ? iso + ":00" : iso).toInstant();
    }

    static List<String> split(String line) {
        List<String> fields = new ArrayList<>(8);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') field.append(line.charAt(++i));
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else field.append(c);
        }
        fields.add(field.toString());
        return fields;
    }
}
